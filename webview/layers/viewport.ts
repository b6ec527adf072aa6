/** Which sections can be seen, and which are near enough to be kept ready. */
export interface Viewport {
  readonly observe: (section: HTMLElement, layer: string) => void;
  readonly clear: () => void;
  readonly visible: ReadonlySet<string>;
  readonly near: ReadonlySet<string>;
}

/** Rows up to this far outside are drawn ahead, in parts of the viewport's height. */
const AHEAD = '100% 0px';

export function createViewport(scroller: HTMLElement, onChange: () => void): Viewport {
  const visible = new Set<string>();
  const near = new Set<string>();
  const layers = new Map<Element, string>();

  const watch = (set: Set<string>, rootMargin: string) =>
    new IntersectionObserver(
      (entries) => {
        for (const { target, isIntersecting } of entries) {
          const layer = layers.get(target);
          if (layer === undefined) continue;
          if (isIntersecting) set.add(layer);
          else set.delete(layer);
        }
        onChange();
      },
      { root: scroller, rootMargin },
    );
  const observers = [watch(visible, '0px'), watch(near, AHEAD)];

  return {
    observe: (section, layer) => {
      layers.set(section, layer);
      for (const observer of observers) observer.observe(section);
    },
    clear: () => {
      for (const observer of observers) observer.disconnect();
      layers.clear();
      visible.clear();
      near.clear();
    },
    visible,
    near,
  };
}
