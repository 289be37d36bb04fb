// While a sync runs, the page says how far it is. Without this script it says so when it is loaded
// again.
(() => {
  const block = document.querySelector("[data-sync-state]");
  if (!block) return;
  const intervalMs = 2000, idleIntervalMs = 15000;
  let shown = block.hasAttribute("data-running");
  const ask = async () => {
    let running = shown;
    if (!document.hidden) {
      try {
        const reply = await fetch(block.dataset.syncState, { headers: { Accept: "application/json" } });
        if (!reply.ok || reply.redirected) return;  // locked: nothing more to show
        const state = await reply.json();
        running = state.running;
        for (const field of block.querySelectorAll("[data-sync-field]")) {
          const text = state[field.dataset.syncField] || "";
          if (field.textContent !== text) field.textContent = text;
        }
        const waiting = block.querySelector("[data-sync-field=waiting_text]");
        waiting.classList.toggle("good", state.confirmed);
        shown = running;
      } catch (problem) {
        running = false;  // the program was ended; asked again later
      }
    }
    setTimeout(ask, running ? intervalMs : idleIntervalMs);
  };
  setTimeout(ask, intervalMs);
})();
