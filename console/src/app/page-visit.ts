/* A visit is an entry of the tab's history with an id: a reload and the back button lead to the same one, a link begins another. */

/** @returns the id of the visit; undefined before the entry was shown */
export function currentVisit(): string | undefined {
  const state: unknown = window.history.state;
  return typeof state === 'string' ? state : undefined;
}

/** @returns the id of the visit, which the entry keeps from then on */
export function beginVisit(): string {
  const visit = currentVisit() ?? crypto.randomUUID();
  window.history.replaceState(visit, '');
  return visit;
}
