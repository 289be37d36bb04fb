// What improves the pages; they work without it.
(() => {
  "use strict";

  // Search as you type: the list is fetched as a page and its results are put in place.
  const settle_ms = 200;
  for (const form of document.querySelectorAll("form[data-search]")) {
    const results = document.getElementById(form.dataset.search);
    const input = form.querySelector("input[type=search]");
    if (!results || !input) continue;
    let timer = 0, asked = 0;
    const show = async () => {
      const mine = ++asked;
      const reply = await fetch(form.action, {
        method: "POST", body: new URLSearchParams(new FormData(form)), credentials: "same-origin",
      });
      if (!reply.ok || mine !== asked) return;
      const page = new DOMParser().parseFromString(await reply.text(), "text/html");
      const found = page.getElementById(form.dataset.search);
      if (found) results.replaceChildren(...found.childNodes);
      else location.reload();  // locked meanwhile
    };
    input.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(() => show().catch(() => {}), settle_ms);
    });
    input.setSelectionRange(input.value.length, input.value.length);
  }

  // Long work says so, and is sent once.
  for (const form of document.querySelectorAll("form[data-long]")) {
    form.addEventListener("submit", () => {
      for (const button of form.querySelectorAll("button")) button.disabled = true;
      const note = document.createElement("p");
      note.className = "note";
      note.setAttribute("role", "status");
      note.textContent = form.dataset.long;
      form.append(note);
    });
  }

  // A table that is wider than the window is moved by keys, too.
  const reachable = () => {
    for (const box of document.querySelectorAll(".table")) {
      if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
      else box.removeAttribute("tabindex");
    }
  };
  reachable();
  addEventListener("resize", reachable);

  // Keys: those that the help page lists. Where the browser knows accesskeys by itself it has done
  // the work already, and the event is spent.
  const search = () => {
    const input = document.querySelector("input[type=search]");
    if (input) input.focus();
    return Boolean(input);
  };
  const press = (css) => {
    const target = document.querySelector(css);
    if (target && target.matches("input")) target.focus();
    else if (target) target.click();
    return Boolean(target);
  };
  const shortcuts = {
    "/": search,
    "?": () => press("a[data-help]"),
    "Alt+N": () => press("[accesskey=n]"),
    "Alt+T": () => press("[accesskey=t]"),
    "Alt+K": () => press("[accesskey=k]"),
    "Alt+S": () => press("[accesskey=s]"),
    "Alt+E": () => press("[accesskey=e]"),
    "Alt+L": () => press("[accesskey=l]"),
  };
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.isComposing) return;
    const typing = event.target.closest("input, textarea, select");
    if (!event.altKey && typing) return;
    // By the key's place: with Alt some keyboards give another letter.
    const name = event.altKey ? "Alt+" + event.code.replace("Key", "") : event.key;
    if (event.altKey && event.shiftKey) return;  // some browsers' own way to an accesskey
    const act = Object.hasOwn(shortcuts, name) ? shortcuts[name] : null;
    if (act && act()) event.preventDefault();
  });
})();
