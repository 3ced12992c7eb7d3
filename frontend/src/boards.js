// A page with a board loads what moves its cards; no other page pays for that.
import { make, whenever } from "./page.js";

let isLoaded = false;

whenever("[data-board]", (board) => {
  if (isLoaded) return;
  isLoaded = true;
  document.head.append(make("script", { src: board.dataset.script }));
});
