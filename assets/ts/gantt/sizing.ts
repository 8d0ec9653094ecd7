// The widths that a person pulls: of a column at its edge, and of all the columns beside the bars.
import { columnOf } from "./columns";
import { type Gantt } from "./element";

const STEP = 24;

/** Follow the pointer until it is let go. */
function pull(move: (event: PointerEvent) => void, end: () => void): void {
  document.addEventListener("pointermove", move);
  document.addEventListener(
    "pointerup",
    () => {
      document.removeEventListener("pointermove", move);
      end();
    },
    { once: true },
  );
}

export function listenForSizes(gantt: Gantt): void {
  const { split, head, grid } = gantt.view;
  const { settings } = gantt;
  split.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    const left = grid.getBoundingClientRect().left;
    pull(
      (to) => {
        settings.split = Math.round(to.clientX - left);
        gantt.fit();
      },
      () => settings.save(),
    );
  });
  split.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -STEP, ArrowRight: STEP }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    settings.split = grid.clientWidth + step;
    settings.save();
    gantt.fit();
  });
  head.addEventListener("pointerdown", (event) => {
    const edge = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-edge]") : null;
    const column = columnOf(edge?.dataset["edge"] ?? "");
    if (!edge || !column) return;
    event.preventDefault();
    const from = event.clientX;
    const width = settings.width(column);
    pull(
      (to) => {
        settings.resize(column, width + to.clientX - from);
        grid.style.setProperty("--gx-cols", gantt.columns().map((one) => `${settings.width(one)}px`).join(" "));
      },
      () => {
        gantt.render();
        gantt.fit();
      },
    );
  });
}
