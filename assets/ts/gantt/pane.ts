// The task beside the plan: the server's own page of it, in the side pane, with forms that save without leaving.
import { type Gantt } from "./element";
import { type Task } from "./model";
import { ask } from "./server";

const WAIT_MS = 160;

export class TaskPane {
  private readonly place = document.getElementById("task-pane");
  private shownId = 0;
  private timer = 0;

  constructor(private readonly gantt: Gantt) {
    this.shownId = Number(this.place?.querySelector<HTMLElement>("[data-task-id]")?.dataset["taskId"] ?? 0);
    this.place?.addEventListener("click", (event) => {
      if (!(event.target instanceof Element) || !event.target.closest("[data-pane-close]")) return;
      event.preventDefault();
      this.close();
    });
    this.place?.addEventListener("submit", (event) => {
      const form = event.target as HTMLFormElement;
      if (form.method !== "post") return;
      event.preventDefault();
      void this.send(form, event.submitter);
    });
  }

  get isOpen(): boolean {
    return this.place?.firstElementChild !== null && this.shownId !== 0;
  }

  /** Show a task beside the plan; asked again for the same one, go into it. */
  async open(task: Task): Promise<void> {
    if (!this.place) return;
    if (this.isOpen && this.shownId === task.id) return this.enter();
    const answer = await ask(`${this.address(task.id)}?pane=1`, { headers: { Accept: "text/html" } });
    if (!answer.ok) return;
    this.show(await answer.text(), task.id);
  }

  private enter(): void {
    const title = this.place?.querySelector<HTMLElement>("h2");
    if (!title) return;
    title.tabIndex = -1;
    title.focus();
  }

  /** Show another task in the open pane when the selection rests there. */
  follow(): void {
    if (!this.isOpen) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      const task = this.gantt.selected;
      if (task && task.id !== this.shownId && !this.isTouched()) void this.open(task);
    }, WAIT_MS);
  }

  private isTouched(): boolean {
    return [...(this.place?.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>("input, textarea") ?? [])].some(
      (field) => field.type !== "hidden" && field.value !== field.defaultValue,
    );
  }

  private address(id: number): string {
    return (this.gantt.dataset["pane"] ?? "").replace("/0/", `/${id}/`);
  }

  private show(html: string, id: number): void {
    if (!this.place) return;
    this.place.innerHTML = html; // written and escaped by the server's templates; the content policy runs no script in it
    this.shownId = id;
    document.dispatchEvent(new CustomEvent("headway:pane"));
    name(String(id));
  }

  private async send(form: HTMLFormElement, submitter: HTMLElement | null): Promise<void> {
    const id = this.shownId;
    const body = new FormData(form, submitter);
    const answer = await ask(`${this.address(id)}?pane=1`, { method: "POST", body, headers: { Accept: "text/html" } });
    if (answer.status >= 500) return this.gantt.say(`The server answered ${answer.status}; nothing was saved.`);
    this.show(await answer.text(), id);
    this.enter();
    await this.gantt.refresh();
  }

  private close(): void {
    this.place?.replaceChildren();
    this.shownId = 0;
    name(null);
    this.gantt.focusCell();
  }
}

/** Let the address name the task beside the plan. */
function name(task: string | null): void {
  const address = new URL(location.href);
  if (task) address.searchParams.set("task", task);
  else address.searchParams.delete("task");
  history.replaceState(null, "", address);
}
