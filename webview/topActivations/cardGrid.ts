import { element, perFrame, placeInOrder } from '../shared/element';

/** Something in the grid for one map. */
export interface Card {
  readonly element: HTMLElement;
  readonly update: () => void;
}

export interface CardSize {
  readonly width: number;
  readonly height: number;
}

export interface ShownCards {
  readonly maps: readonly number[];
  readonly size: CardSize;
  /** What the cards are about; with another one all are made anew. */
  readonly about: string;
}

export interface CardGrid {
  readonly element: HTMLElement;
  readonly update: (shown: ShownCards) => void;
  /** Maps whose cards can be seen, or nearly. */
  readonly near: () => readonly number[];
}

interface Options {
  readonly scroller: HTMLElement;
  readonly create: (map: number) => Card;
  /** Other maps came near, or there is another room for them. */
  readonly onScroll: () => void;
}

const GAP = 12;

/** Cards of one size for any number of maps; only those near the viewport are on the page. */
export function createCardGrid({ scroller, create, onScroll }: Options): CardGrid {
  const list = element('ul', { class: 'cards', 'data-testid': 'cards' });
  const cards = new Map<number, Card>();
  let maps: readonly number[] = [];
  let size: CardSize = { width: 1, height: 1 };
  let near: readonly number[] = [];
  let about = '';

  const draw = () => {
    const columns = Math.max(1, Math.floor((list.clientWidth + GAP) / (size.width + GAP)));
    const above = scroller.getBoundingClientRect().top - list.getBoundingClientRect().top;
    const range = cardsNear({ above, viewport: scroller.clientHeight, columns, count: maps.length, size });
    near = maps.slice(range.from, range.to);
    for (const map of cards.keys()) if (!near.includes(map)) cards.delete(map);
    const shown = near.map((map, index) => {
      const card = cards.get(map) ?? create(map);
      cards.set(map, card);
      const at = range.from + index;
      card.element.style.width = `${size.width}px`;
      card.element.style.height = `${size.height}px`;
      card.element.style.left = `${(at % columns) * (size.width + GAP)}px`;
      card.element.style.top = `${Math.floor(at / columns) * (size.height + GAP)}px`;
      card.element.setAttribute('aria-setsize', String(maps.length));
      card.element.setAttribute('aria-posinset', String(at + 1));
      card.update();
      return card.element;
    });
    list.style.height = `${Math.ceil(maps.length / columns) * (size.height + GAP)}px`;
    placeInOrder(list, shown);
  };

  const moved = perFrame(() => {
    const before = near;
    draw();
    if (before.join() !== near.join()) onScroll();
  });
  scroller.addEventListener('scroll', moved, { passive: true });
  new ResizeObserver(onScroll).observe(scroller);

  return {
    element: list,
    near: () => near,
    update: (shown) => {
      if (shown.about !== about) cards.clear();
      ({ maps, size, about } = shown);
      draw();
    },
  };
}

/** Which cards, by their place in the grid, lie within a viewport's height of the viewport. */
export function cardsNear({
  above,
  viewport,
  columns,
  count,
  size,
}: {
  /** How much of the grid lies above the upper edge of the viewport; negative where it begins below. */
  readonly above: number;
  readonly viewport: number;
  readonly columns: number;
  readonly count: number;
  readonly size: CardSize;
}): { readonly from: number; readonly to: number } {
  const row = size.height + GAP;
  const first = Math.max(0, Math.floor((above - viewport / 2) / row));
  const last = Math.max(first, Math.ceil((above + 1.5 * viewport) / row));
  return { from: Math.min(count, first * columns), to: Math.min(count, last * columns) };
}
