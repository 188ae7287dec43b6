import type { Page } from 'playwright-core';

/** Presses may open dialogs with further buttons. */
const ROUNDS = 3;

/**
 * Does what programs do that check mail: runs the page, opens its links in the background, and presses its buttons, from the first to
 * the last and from the last to the first, until nothing new appears.
 * @returns the labels of what it pressed
 */
export async function pressEverything(page: Page, { ticksBoxes }: { readonly ticksBoxes: boolean }): Promise<string[]> {
  const pressed: string[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const script = `(async (ticksBoxes, isBackwards) => {${PRESS_ALL}})(${ticksBoxes}, ${round % 2 === 1})`;
    pressed.push(...(await page.evaluate<string[]>(script)));
    await page.waitForLoadState('networkidle');
  }
  return pressed;
}

/** Runs in the page, with `ticksBoxes` and `isBackwards`. */
const PRESS_ALL = `
  for (const link of document.querySelectorAll('a')) await fetch(link.href).catch(() => {});
  if (ticksBoxes) for (const box of document.querySelectorAll('input[type=checkbox]:not(:checked)')) box.click();
  const pressed = [];
  const buttons = [...document.querySelectorAll('button')];
  for (const button of isBackwards ? buttons.reverse() : buttons) {
    pressed.push(button.textContent);
    button.click();
    await new Promise((resolve) => requestAnimationFrame(resolve));
  }
  return pressed;
`;
