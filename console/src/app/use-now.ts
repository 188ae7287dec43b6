import { useEffect, useState } from 'react';

/**
 * The time, in epoch milliseconds, each second until `end`. Then it stops.
 * @param end epoch milliseconds
 */
export function useNow(end: number): number {
  const [now, setNow] = useState(Date.now);
  const isRunning = now < end;
  useEffect(() => {
    if (!isRunning) return undefined;
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [isRunning]);
  return now;
}
