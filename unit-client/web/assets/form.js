// What improves a record's form: fields that do not apply step aside while it is filled in, what is
// wrong is said early, and what is half typed is kept. The form works without it.
(() => {
  "use strict";

  const form = document.getElementById("form");
  if (!form || !form.dataset.look) return;
  const look_after_ms = 300, keep_after_ms = 2000, looks_max = 4;
  const boxes = [...form.querySelectorAll("[data-field]")];
  const touched = new Set();
  const content = () => new URLSearchParams(new FormData(form));
  const send = (to, more) =>
    fetch(to, {method: "POST", body: content(), credentials: "same-origin", ...more});

  // A field that is hidden is not sent: it counts as empty.
  const show = (box, shown) => {
    if (box.hidden === !shown) return false;
    if (!shown && box.contains(document.activeElement)) return false;  // never under the fingers
    box.hidden = !shown;
    for (const input of box.querySelectorAll("input, select, textarea")) input.disabled = !shown;
    return true;
  };
  for (const box of boxes) if ("hidden" in box.dataset) show(box, false);

  const describe = (box, id, on) => {
    const inputs = box.matches("fieldset") ? [box] : box.querySelectorAll("input, select, textarea");
    for (const input of inputs) {
      const ids = new Set((input.getAttribute("aria-describedby") || "").split(" ").filter(Boolean));
      if (on) ids.add(id); else ids.delete(id);
      if (ids.size) input.setAttribute("aria-describedby", [...ids].join(" "));
      else input.removeAttribute("aria-describedby");
      if (!box.matches("fieldset")) {
        if (on) input.setAttribute("aria-invalid", "true"); else input.removeAttribute("aria-invalid");
      }
    }
  };
  const say = (box, problem) => {
    const id = "e-" + box.dataset.field;
    let line = document.getElementById(id);
    if (!problem) {
      if (line) line.remove();
    } else {
      if (!line) {
        line = document.createElement("p");
        line.className = "error";
        line.id = id;
        box.append(line);
      }
      if (line.textContent !== problem) line.textContent = problem;
    }
    box.classList.toggle("wrong", Boolean(problem));
    describe(box, id, Boolean(problem));
  };

  // ---- who seems to be registered already ----
  // Right below the field that is being typed in: nothing moves or hides under the fingers.
  const live = document.getElementById("same-live");
  const element = (name, text, parent) => {
    const made = document.createElement(name);
    made.textContent = text;
    parent.append(made);
    return made;
  };
  let told = "";
  const tell = (same) => {
    const drawn = document.getElementById("same");  // after a try to save
    const seen = same ? same.seen : "";
    if (drawn && drawn.dataset.seen === seen) return;
    if (drawn) drawn.remove();
    if (!live || seen === told) return;
    told = seen;
    live.replaceChildren();
    live.hidden = !same;
    if (!same) return;
    const box = document.activeElement && document.activeElement.closest("#form [data-field]");
    if (box) box.after(live);
    element("strong", same.heading, live);
    const list = element("ul", "", live);
    list.className = "lines";
    for (const person of same.people) {
      const line = element("li", "", list);
      line.className = "line";
      const link = element("a", person.title, line);
      link.className = "what";
      link.href = person.href;
      element("span", person.details, line);
    }
    element("p", same.hint, live);
  };

  // ---- what the programme says of it so far ----
  let look_timer = 0, asked = 0;
  const look = async () => {
    for (let round = 0; round < looks_max; ++round) {
      const mine = ++asked;
      const reply = await send(form.dataset.look);
      const type = reply.headers.get("content-type") || "";
      if (!reply.ok || mine !== asked || !type.startsWith("application/json")) return;
      const said = await reply.json();
      let changed = false;
      for (const box of boxes) {
        const name = box.dataset.field;
        changed = show(box, !said.hidden.includes(name)) || changed;
        if (touched.has(name) && !box.contains(document.activeElement)) {
          say(box, said.problems[name]);
        }
      }
      tell(said.same);
      if (!changed) return;  // what is hidden may hide more
    }
  };
  const look_soon = () => {
    clearTimeout(look_timer);
    look_timer = setTimeout(() => look().catch(() => {}), look_after_ms);
  };

  // ---- what is half typed ----
  let keep_timer = 0, unkept = false, sent = false, keeping = null;
  const keep = () => {
    clearTimeout(keep_timer);
    if (!unkept || sent) return;
    unkept = false;
    keeping = send(form.dataset.draft)
      .then((reply) => {
        if (reply.status >= 500) unkept = true;
        form.dataset.kept = String(reply.ok && !unkept);
      }, () => { unkept = true; })
      .finally(() => { keeping = null; });
  };
  const keep_soon = () => {
    unkept = true;
    form.dataset.kept = "false";
    clearTimeout(keep_timer);
    keep_timer = setTimeout(keep, keep_after_ms);
  };
  addEventListener("pagehide", () => {
    if (unkept && !sent && navigator.sendBeacon) {
      unkept = false;
      navigator.sendBeacon(form.dataset.draft, content());
    }
  });
  // Back from the browser's memory: it may be sent again.
  addEventListener("pageshow", () => { sent = false; });

  const changed = (event) => {
    const box = event.target.closest("[data-field]");
    if (box) touched.add(box.dataset.field);
    look_soon();
    keep_soon();
  };
  form.addEventListener("input", changed);
  form.addEventListener("change", changed);
  form.addEventListener("focusout", look_soon);

  // Sent once, and after a draft that is under way: it must not come back when all is saved.
  form.addEventListener("submit", (event) => {
    if (sent) return event.preventDefault();
    if (keeping) {
      event.preventDefault();
      const button = event.submitter;
      keeping.then(() => form.requestSubmit(button));
      return;
    }
    sent = true;
    clearTimeout(keep_timer);
  });

  // Thrown away means: not kept again on leaving.
  const drop = document.querySelector("#draft form");
  if (drop) drop.addEventListener("submit", () => { sent = true; });
})();
