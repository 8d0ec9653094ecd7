// The table of an estimate's lines: spreadsheet keys and paste over a plain form. Nothing is saved before its button.

const MOST_LEVELS = 9;

/** "1.200,5", "1,200.5", "12,5 h" as a number; NaN for what is none. The server reads the same. */
function numberOf(text: string): number {
  const bare = text.replace(/[A-Za-z€$£\s\u00a0'’]/g, "");
  const at = Math.max(bare.lastIndexOf("."), bare.lastIndexOf(","));
  if (!bare || at < 0) return bare ? Number(bare) : NaN;
  const whole = bare.slice(0, at);
  const rest = bare.slice(at + 1);
  const grouped = bare[at] === "," && rest.length === 3 && !whole.includes(".");
  return Number(grouped ? whole.replace(/,/g, "") + rest : `${whole.replace(/[.,]/g, "")}.${rest}`);
}

class LineTable {
  private readonly body: HTMLTableSectionElement;

  constructor(private readonly form: HTMLFormElement) {
    this.body = form.querySelector("tbody") as HTMLTableSectionElement;
    form.addEventListener("keydown", (event) => this.onKey(event));
    form.addEventListener("paste", (event) => this.onPaste(event));
    form.addEventListener("input", (event) => this.onInput(event.target));
    form.addEventListener("change", (event) => this.onInput(event.target));
    form.addEventListener("click", (event) => this.onClick(event.target));
    this.rows().forEach((row) => this.describe(row));
  }

  private rows(): HTMLTableRowElement[] {
    return [...this.body.rows];
  }

  private cells(row: HTMLTableRowElement): HTMLInputElement[] {
    return [...row.querySelectorAll<HTMLInputElement>("[data-cell]")];
  }

  private value(row: HTMLTableRowElement, name: string): string {
    return row.querySelector<HTMLInputElement | HTMLSelectElement>(`[name=${name}]`)?.value ?? "";
  }

  /** The expected figure beside what is typed, and the look of its level. */
  private describe(row: HTMLTableRowElement): void {
    const place = row.querySelector("[data-mean]");
    const likely = numberOf(this.value(row, "likely"));
    const low = this.value(row, "optimistic") ? numberOf(this.value(row, "optimistic")) : likely;
    const high = this.value(row, "pessimistic") ? numberOf(this.value(row, "pessimistic")) : likely;
    const mean = (low + 4 * likely + high) / 6;
    if (place) place.textContent = Number.isFinite(mean) ? String(Math.round(mean * 10) / 10) : "";
    const level = this.value(row, "level");
    row.className = row.className.replace(/est-row-\d?/, `est-row-${level}`);
  }

  private onInput(target: EventTarget | null): void {
    const row = target instanceof Element ? target.closest("tr") : null;
    if (!row) return;
    if (target instanceof HTMLInputElement) target.removeAttribute("aria-invalid");
    this.describe(row);
    if (row === this.body.lastElementChild) this.grow(1);
  }

  /** Empty rows below the last one. */
  private grow(count: number): void {
    const last = this.body.rows[this.body.rows.length - 1];
    const room = Number(this.form.dataset["most"] ?? "0") - this.body.rows.length;
    for (let made = 0; last && made < Math.min(count, room); made += 1) {
      const row = last.cloneNode(true) as HTMLTableRowElement;
      row.querySelectorAll(".hw-field-error").forEach((item) => item.remove());
      row.querySelectorAll<HTMLInputElement>("input:not([name=level])").forEach((input) => {
        input.value = "";
        input.removeAttribute("aria-invalid");
      });
      this.body.append(row);
      this.number(row, this.body.rows.length);
      this.describe(row);
    }
  }

  private number(row: HTMLTableRowElement, place: number): void {
    const shown = row.querySelector("[data-place]")?.firstChild;
    if (shown) shown.textContent = String(place);
    row.querySelectorAll("[aria-label]").forEach((item) => {
      item.setAttribute("aria-label", (item.getAttribute("aria-label") ?? "").replace(/\d+$/, String(place)));
    });
  }

  private onClick(target: EventTarget | null): void {
    const button = target instanceof Element ? target.closest("[data-take-out]") : null;
    const row = button?.closest("tr");
    if (!row) return;
    const next = (row.nextElementSibling ?? row.previousElementSibling) as HTMLTableRowElement | null;
    if (this.body.rows.length > 1) row.remove();
    this.rows().forEach((item, place) => this.number(item, place + 1));
    if (next) this.cells(next)[0]?.focus();
  }

  private onKey(event: KeyboardEvent): void {
    const cell = event.target;
    if (!(cell instanceof HTMLInputElement) || !cell.matches("[data-cell]")) return;
    if (event.altKey && event.shiftKey && (event.key === "ArrowRight" || event.key === "ArrowLeft")) {
      event.preventDefault();
      this.shift(cell, event.key === "ArrowRight" ? 1 : -1);
    } else if (event.ctrlKey || event.metaKey || event.altKey) return;
    else if (event.key === "Enter") this.step(event, cell, event.shiftKey ? -1 : 1);
    else if (event.key === "ArrowDown" && !cell.getAttribute("list")) this.step(event, cell, 1);
    else if (event.key === "ArrowUp" && !cell.getAttribute("list")) this.step(event, cell, -1);
  }

  private shift(cell: HTMLInputElement, by: number): void {
    const row = cell.closest("tr");
    const level = row?.querySelector<HTMLInputElement>("[name=level]");
    if (!row || !level) return;
    level.value = String(Math.min(MOST_LEVELS, Math.max(1, Number(level.value) + by)));
    this.describe(row);
  }

  private step(event: KeyboardEvent, cell: HTMLInputElement, down: number): void {
    event.preventDefault();
    const row = cell.closest("tr");
    if (!row) return;
    const column = this.cells(row).indexOf(cell);
    if (down > 0 && row === this.body.lastElementChild) this.grow(1);
    const next = this.body.rows[this.rows().indexOf(row) + down];
    if (next) this.cells(next)[column]?.select();
  }

  /** Cells of a spreadsheet, from the focused cell on; blanks in front of a line's name are its level. */
  private onPaste(event: ClipboardEvent): void {
    const cell = event.target;
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (!(cell instanceof HTMLInputElement) || !cell.matches("[data-cell]") || !/[\t\n]/.test(text.trim())) return;
    event.preventDefault();
    const row = cell.closest("tr");
    if (!row) return;
    const pasted = text.replace(/\r?\n$/, "").split(/\r?\n/);
    const first = this.rows().indexOf(row);
    const column = this.cells(row).indexOf(cell);
    this.grow(first + pasted.length - this.body.rows.length + 1);
    pasted.forEach((line, down) => {
      const into = this.body.rows[first + down];
      if (!into) return;
      const cells = this.cells(into);
      line.split("\t").forEach((value, across) => {
        const one = cells[column + across];
        if (!one) return;
        if (one.name === "name") this.setLevel(into, value);
        one.value = value.trim();
      });
      this.describe(into);
    });
  }

  private setLevel(row: HTMLTableRowElement, name: string): void {
    const level = row.querySelector<HTMLInputElement>("[name=level]");
    const blanks = name.length - name.trimStart().length;
    if (level && blanks) level.value = String(Math.min(MOST_LEVELS, Math.floor(blanks / 2) + 1));
  }
}

/** Take over the table of lines where a page has one. */
export function listenForEstimate(): void {
  const form = document.querySelector<HTMLFormElement>("[data-estimate]");
  if (form) new LineTable(form);
}
