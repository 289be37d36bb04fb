// While the made-up unit is being set up, its page asks again whether it is ready. Without this
// script the page's head does that, more seldom.
(() => {
  "use strict";

  const again_ms = 700;
  setTimeout(() => location.replace(location.href), again_ms);
})();
