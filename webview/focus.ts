/** Keeps the keyboard's place in a list whose rows are made anew: rows are the same by their `data-key`. */

/** Refills the list; where the button of a row had the focus, the button of the same row has it again, without scrolling. */
export function keepingFocus(list: HTMLElement, row: 'tr' | 'li', refill: () => void): void {
  const active = document.activeElement;
  const key = active !== null && list.contains(active) ? active.closest<HTMLElement>(row)?.dataset['key'] : undefined;
  refill();
  if (key === undefined) return;
  const same = [...list.querySelectorAll<HTMLElement>(row)].find(({ dataset }) => dataset['key'] === key);
  same?.querySelector('button')?.focus({ preventScroll: true });
}
