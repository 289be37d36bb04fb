// What holds for every page of the program; run in it by every_page_test.cc after axe-core. Gives a
// list of what is wrong.
const wide = innerWidth, small = 44 - 0.5;  // targets in CSS pixels; half a pixel for rounding
const named = (element) => {
  const text = (element.innerText || element.name || element.id || "").trim().slice(0, 40);
  return `${element.tagName.toLowerCase()}${element.id ? "#" + element.id : ""} "${text}"`;
};
const wrong = [];

const page = document.documentElement;
if (page.scrollWidth > wide) {
  const out = [...document.querySelectorAll("body *")].filter((element) =>
    element.getBoundingClientRect().right > wide + 1 && !element.closest(".table, .skip"));
  wrong.push(`is ${page.scrollWidth} pixels wide: ${out.slice(0, 3).map(named).join(", ")}`);
}

// A link inside a sentence is as high as its line; one that stands alone is a target.
const inSentence = (link) => {
  if (getComputedStyle(link).display !== "inline") return false;
  let block = link.parentElement;
  while (getComputedStyle(block).display === "inline") block = block.parentElement;
  const all = block.innerText.replace(/\s+/g, " ").trim();
  let links = "";
  for (const one of block.querySelectorAll("a")) links += one.innerText;
  return all.replace(/[^\p{L}\p{N}]/gu, "").length > links.replace(/[^\p{L}\p{N}]/gu, "").length;
};
const targets = "a[href], button, input:not([type=hidden]), select, textarea, summary";
for (const target of document.querySelectorAll(targets)) {
  if (target.matches(".skip") || target.checkVisibility && !target.checkVisibility()) continue;
  const choice = target.matches("[type=radio], [type=checkbox]") && target.closest("label");
  const box = (choice || target).getBoundingClientRect();
  if (box.width === 0 || (target.matches("a") && inSentence(target))) continue;
  if (box.height < small || box.width < 24) {
    wrong.push(`${named(target)} is ${box.width.toFixed(0)} x ${box.height.toFixed(0)} pixels`);
  }
}

if (document.querySelectorAll("h1").length !== 1) wrong.push("has not one h1");
if (/\[\[|\]\]|\{\{|\}\}/.test(document.body.innerText)) wrong.push("shows what templates are made of");
return wrong;
