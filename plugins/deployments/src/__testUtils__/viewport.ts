const lists = new Set<FakeMediaQueryList>();
let width = 1_280;

/** A `(min-width: …px)` query against the width that a test sets. */
class FakeMediaQueryList extends EventTarget {
  readonly #minWidth: number;
  readonly onchange = null;

  constructor(readonly media: string) {
    super();
    this.#minWidth = Number(/min-width: (\d+)px/.exec(media)?.[1] ?? Infinity);
  }

  get matches(): boolean {
    return width >= this.#minWidth;
  }

  addListener(): void {}

  removeListener(): void {}
}

/** Gives jsdom the media queries that it lacks; a screen is 1280 px wide until {@link resizeTo}. */
export function installMatchMedia(): void {
  window.matchMedia = media => {
    const list = new FakeMediaQueryList(media);
    lists.add(list);
    return list;
  };
}

/** Makes the window so wide, in pixels. */
export function resizeTo(newWidth: number): void {
  width = newWidth;
  lists.forEach(list => list.dispatchEvent(new Event('change')));
}
