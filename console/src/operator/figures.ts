/** Whole percent. No score is certain, so none is shown as 0 or 100. @param score probability, 0 to 1 */
export function shownPercent(score: number): number {
  return Math.min(99, Math.max(1, Math.round(100 * score)));
}

/** By how much a reason multiplies the odds: 8.2, 23. @param contribution log-odds */
export function oddsFactor(contribution: number): number {
  const factor = Math.exp(contribution);
  return factor < 9.95 ? Math.round(10 * factor) / 10 : Math.round(factor);
}
