// What is to mend about a task is fetched behind its page; beside the plan too, where no page is loaded.
import htmx from "htmx.org";

export function listenForMending(): void {
  document.addEventListener("headway:pane", () => {
    const place = document.querySelector<HTMLElement>("#task-pane [hx-get]");
    if (place) htmx.process(place);
  });
}
