/** One button of a grid is on the way of the Tab key, the first at first; the arrows lead to the others. */
export function moveByKeys(group: HTMLElement, buttons: readonly HTMLButtonElement[], columns: number): void {
  let at = 0;
  buttons.forEach((button, index) => (button.tabIndex = index === 0 ? 0 : -1));
  group.addEventListener('keydown', (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[event.key];
    const next = step === undefined ? undefined : buttons[at + step];
    if (!next || next.disabled) return;
    event.preventDefault();
    buttons[at]!.tabIndex = -1;
    at = buttons.indexOf(next);
    next.tabIndex = 0;
    next.focus();
  });
  // A click moves the focus, too.
  group.addEventListener('focusin', ({ target }) => {
    const focused = buttons.indexOf(target as HTMLButtonElement);
    if (focused < 0 || focused === at) return;
    buttons[at]!.tabIndex = -1;
    at = focused;
    buttons[at]!.tabIndex = 0;
  });
}
