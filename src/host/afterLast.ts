/** Calls of `soon` that follow each other within `pause` milliseconds lead to one of `act`, after the last. */
export function afterLast(
  pause: number,
  act: () => void,
): { readonly soon: () => void; readonly dispose: () => void } {
  let timer: NodeJS.Timeout | undefined;
  return {
    soon: () => {
      clearTimeout(timer);
      timer = setTimeout(act, pause);
    },
    dispose: () => clearTimeout(timer),
  };
}
