/** Attribute values: `true` sets an empty attribute, `false` and `null` leave it out. */
export type Attributes = Readonly<Record<string, string | number | boolean | null>>;

export type Child = Node | string | null;

/** An element with attributes and children. Text goes in as text nodes, never as markup. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes?: Attributes,
  ...children: Child[]
): HTMLElementTagNameMap[K];
export function element(tag: string, attributes?: Attributes, ...children: Child[]): HTMLElement;
export function element(tag: string, attributes: Attributes = {}, ...children: Child[]): HTMLElement {
  const created = document.createElement(tag);
  setAttributes(created, attributes);
  created.append(...children.filter((child) => child !== null));
  return created;
}

export function setAttributes(target: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === false) target.removeAttribute(name);
    else if (value === true) target.setAttribute(name, '');
    else target.setAttribute(name, String(value));
  }
}

/** Sets the text only when it differs: a live region speaks at every change, also to the same text. */
export function setText(target: Element, text: string): void {
  if (target.textContent !== text) target.textContent = text;
}

export function show(target: HTMLElement, visible: boolean): void {
  target.hidden = !visible;
}

/** Makes `children` the children of `parent`, moving only those out of place: an element that moves loses the focus. */
export function placeInOrder(parent: Element, children: readonly Element[]): void {
  children.forEach((child, index) => {
    const present = parent.children[index];
    if (present !== child) parent.insertBefore(child, present ?? null);
  });
  while (parent.children.length > children.length) parent.lastElementChild?.remove();
}

/** Something on the page that follows the state. */
export interface Component<Props> {
  readonly element: HTMLElement;
  update(props: Props): void;
}

/** Calls `run` at most once per animation frame, however often it is asked for. */
export function perFrame(run: () => void): () => void {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      run();
    });
  };
}

let lastId = 0;

/** An id that is unique on the page, for `aria-labelledby` and its like. */
export function uniqueId(prefix: string): string {
  return `${prefix}-${++lastId}`;
}
