// Clocks tick on the minute: <span data-clock="Asia/Almaty"><time>; without a zone, the viewer's own.
import { all, first, whenever } from "./page.js";

const shown = new Map();

function formatter(zone) {
  if (!shown.has(zone)) {
    shown.set(zone, new Intl.DateTimeFormat("en-GB", {
      hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone || undefined,
    }));
  }
  return shown.get(zone);
}

function draw(clock) {
  const time = clock.matches("time") ? clock : first("time", clock);
  const parts = Object.fromEntries(formatter(clock.dataset.clock).formatToParts(new Date()).map((one) => [one.type, one.value]));
  const hour = String(Number(parts.hour));
  const colon = first("i", time);
  const text = `${hour}:${parts.minute}`;
  if (time.textContent === text) return;
  if (colon) time.replaceChildren(hour, colon, parts.minute);
  else time.textContent = text;
}

function tick() {
  all("[data-clock]").forEach(draw);
  setTimeout(tick, 60_000 - (Date.now() % 60_000) + 50);
}

whenever("[data-clock]", draw);
tick();
document.addEventListener("visibilitychange", () => all("[data-clock]").forEach(draw));
