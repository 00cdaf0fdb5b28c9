// Runs before the first paint, so that the page never flashes in the other theme. Kept apart from the bundle
// because the content security policy allows no inline script.
(() => {
  let kept = null;
  try {
    kept = localStorage.getItem("sailcloth.theme");
  } catch {
    // Storage may be closed to us; then the system's theme it is.
  }
  const isDark = kept === "dark" || (kept !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.dataset.theme = isDark ? "dark" : "light";
})();
