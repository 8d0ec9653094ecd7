// What is selected: one cell that the keyboard is on, and the cells or whole rows chosen around or beside it.

interface Spot {
  uid: number;
  column: number;
}

/** A block of cells by row and column numbers, both ends included. */
export interface Area {
  top: number;
  bottom: number;
  left: number;
  right: number;
}

interface Part {
  from: Spot;
  to: Spot;
  whole: boolean;
}

export class Selection {
  at: Spot = { uid: 0, column: 0 };
  head = false; // the keyboard is on the heading of the column
  private parts: Part[] = [];

  /** One cell. */
  put(uid: number, column: number): void {
    this.at = { uid, column };
    this.head = false;
    this.parts = [{ from: this.at, to: this.at, whole: false }];
  }

  /** From where the block began to here. */
  extend(uid: number, column: number): void {
    this.at = { uid, column };
    this.head = false;
    const last = this.parts[this.parts.length - 1];
    if (last) last.to = this.at;
    else this.put(uid, column);
  }

  /** One more cell or row beside what is selected already. */
  add(uid: number, column: number, whole = false): void {
    this.at = { uid, column };
    this.head = false;
    this.parts.push({ from: this.at, to: this.at, whole });
  }

  /** The whole rows of the block that was selected last. */
  widen(): void {
    const last = this.parts[this.parts.length - 1];
    if (last) last.whole = true;
  }

  row(uid: number, column: number): void {
    this.put(uid, column);
    this.widen();
  }

  onHead(column: number): void {
    this.at = { ...this.at, column };
    this.head = true;
  }

  /** Whether rows are selected, and not cells of them. */
  get isWhole(): boolean {
    return this.parts.length > 0 && this.parts.every((part) => part.whole);
  }

  get isOne(): boolean {
    const [only] = this.parts;
    return this.parts.length <= 1 && (!only || (!only.whole && only.from.uid === only.to.uid && only.from.column === only.to.column));
  }

  /** A new row has got its lasting number. */
  rename(from: number, to: number): void {
    const renamed = (spot: Spot): Spot => (spot.uid === from ? { ...spot, uid: to } : spot);
    this.at = renamed(this.at);
    this.parts = this.parts.map((part) => ({ ...part, from: renamed(part.from), to: renamed(part.to) }));
  }

  /** The selected blocks among the rows shown; rows that are not shown are left out. */
  areas(index: (uid: number) => number | undefined, columns: number): Area[] {
    const found: Area[] = [];
    for (const { from, to, whole } of this.parts) {
      const end = index(to.uid);
      const start = index(from.uid) ?? end;
      if (start === undefined || end === undefined) continue;
      found.push({
        top: Math.min(start, end),
        bottom: Math.max(start, end),
        left: whole ? 0 : Math.min(from.column, to.column),
        right: whole ? columns - 1 : Math.max(from.column, to.column),
      });
    }
    return found;
  }
}

export function isIn(areas: Area[], row: number, column: number): boolean {
  return areas.some((area) => row >= area.top && row <= area.bottom && column >= area.left && column <= area.right);
}
