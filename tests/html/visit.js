// What a visitor does: each code object with everything opened, pointed at and drawn. What was seen becomes the title.
const told = [];
const pointAt = (item) => item.dispatchEvent(new PointerEvent("pointerover", { bubbles: true }));
const pointAtAll = (query) => document.querySelectorAll(query).forEach(pointAt);
const press = (key) => document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
const count = (query) => document.querySelectorAll(query).length;
for (let at = 0; at < page.units.length; at++) {
  const strips = [...document.querySelectorAll(".strip")].map((strip) => strip.dataset.toggle);
  strips.forEach((pass) => document.querySelector(`[data-toggle="${pass}"]`).click());
  pointAtAll(".line, .block, .source-line");
  document.querySelectorAll(".to-graph").forEach((button) => button.click());
  ["detail", "exceptions", "fit", "larger", "smaller", "only-changes", "theme", "show-help"].forEach((id) => find(id).click());
  pointAtAll(".node");
  document.querySelector(".line").focus();
  ["ArrowDown", "ArrowRight", "ArrowUp", "ArrowLeft", "Enter", "Escape"].forEach(press);
  const operation = [...document.querySelectorAll(".line")].find((line) => line.textContent.startsWith("BINARY_OP"));
  if (operation) {
    pointAt(operation);
    told.push(`${count(".strip")} strips, ${count(".node") > 0 ? "a graph" : "no graph"}, ${document.querySelector("mark").textContent}`);
  }
  find("next").click();
}
document.title = told.join("; ");
