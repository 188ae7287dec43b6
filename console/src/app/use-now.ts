import { useEffect, useState } from 'react';

/**
 * The time, in epoch milliseconds, each second until `end`. Then it stops.
 * @param end epoch milliseconds
 */
export function useNow(end: number): number {
  const [{ until, now }, setTime] = useState(() => ({ until: end, now: Date.now() }));
  if (until !== end) setTime({ until: end, now: Date.now() }); // it may have stood still for long
  const isRunning = now < end;
  useEffect(() => {
    if (!isRunning) return undefined;
    const timer = setInterval(() => setTime({ until: end, now: Date.now() }), 1000);
    return () => clearInterval(timer);
  }, [isRunning, end]);
  return now;
}
