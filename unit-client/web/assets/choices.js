// A reference to one of more records than a list can hold is found as it is typed. Without this
// script a text box and a button do the same. The pattern: combobox with a list, as the WAI-ARIA
// practices have it. The list that was drawn stays, hidden: it is what the form sends.
(() => {
  "use strict";

  const form = document.getElementById("form");
  if (!form || !form.dataset.choices) return;
  const settle_ms = 200;

  const made = (name, attributes) => {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    return element;
  };

  const enhance = (find) => {
    const field = find.dataset.find, id = "f-" + field;
    const select = document.getElementById(id), said = document.getElementById("r-" + field);
    const input = made("input", {
      type: "text", role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false",
      "aria-controls": "l-" + field, autocomplete: "off", id,
    });
    for (const name of ["aria-describedby", "aria-invalid"]) {
      if (select.hasAttribute(name)) input.setAttribute(name, select.getAttribute(name));
    }
    const list = made("ul", {
      role: "listbox", id: "l-" + field, "aria-label": find.querySelector("label").textContent,
    });
    list.hidden = true;
    select.id = "chosen-" + field;
    select.hidden = true;
    said.setAttribute("role", "status");
    const box = made("div", {class: "combobox"});
    box.append(input, list);
    select.after(box);
    find.remove();
    form.elements["wasq." + field].remove();

    const chosen = () => {
      const option = select.selectedOptions[0];
      return option && option.value ? option.textContent : "";
    };
    let active = -1, asked = 0, timer = 0;
    const options = () => [...list.children];
    const mark = (index) => {
      active = index;
      for (const [at, option] of options().entries()) {
        option.setAttribute("aria-selected", String(at === active));
      }
      if (active < 0) return input.removeAttribute("aria-activedescendant");
      input.setAttribute("aria-activedescendant", options()[active].id);
      options()[active].scrollIntoView({block: "nearest"});
    };
    const open = () => !list.hidden;
    const show = (shown) => {
      list.hidden = !shown || !list.children.length;
      input.setAttribute("aria-expanded", String(open()));
      if (!open()) mark(-1);
    };
    const close = () => {
      clearTimeout(timer);
      ++asked;  // what is still on its way comes too late
      show(false);
    };
    const take = (value, title) => {
      let option = [...select.options].find((one) => one.value === value);
      if (!option) {
        option = made("option", {value});
        option.textContent = title;
        select.append(option);
      }
      select.value = value;
      select.dispatchEvent(new Event("change", {bubbles: true}));
      input.value = chosen();
    };
    const choose = (option) => {
      take(option.dataset.value, option.textContent);
      close();
    };
    const ask = async () => {
      const mine = ++asked;
      const reply = await fetch(form.dataset.choices, {
        method: "POST", credentials: "same-origin",
        body: new URLSearchParams({csrf: form.elements.csrf.value, field, q: input.value}),
      });
      const type = reply.headers.get("content-type") || "";
      if (!reply.ok || mine !== asked || !type.startsWith("application/json")) return;
      const found = await reply.json();
      if (mine !== asked) return;
      list.replaceChildren(...found.choices.map((choice, at) => {
        const option = made("li", {
          role: "option", id: "l-" + field + "-" + at, "aria-selected": "false",
          "data-value": choice.id,
        });
        option.textContent = choice.title;
        return option;
      }));
      said.textContent = found.said;
      mark(-1);
      show(true);
    };
    const ask_soon = (after_ms) => {
      clearTimeout(timer);
      timer = setTimeout(() => ask().catch(() => {}), after_ms);
    };

    input.value = chosen();
    input.addEventListener("focus", () => input.select());
    input.addEventListener("input", (event) => {
      event.stopPropagation();  // nothing is chosen yet
      if (!input.value.trim() && select.value) take("", "");
      ask_soon(settle_ms);
    });
    input.addEventListener("keydown", (event) => {
      const last = list.children.length - 1;
      const moves = {
        ArrowDown: active >= last ? 0 : active + 1, ArrowUp: active > 0 ? active - 1 : last,
      };
      if (event.key in moves) {
        event.preventDefault();
        if (open()) return mark(moves[event.key]);
        if (input.value === chosen()) input.value = "";  // to see all of them
        ask_soon(0);
      } else if (event.key === "Enter" && open()) {
        event.preventDefault();  // it chooses, and saves nothing yet
        if (active >= 0) choose(options()[active]);
      } else if (event.key === "Escape") {
        if (open()) event.preventDefault();
        else input.value = chosen();
        close();
      }
    });
    input.addEventListener("blur", () => {
      close();
      input.value = chosen();
    });
    list.addEventListener("mousedown", (event) => {
      event.preventDefault();  // the focus stays
      const option = event.target.closest("[role=option]");
      if (option && event.button === 0) choose(option);
    });
  };

  for (const find of form.querySelectorAll("[data-find]")) enhance(find);
})();
