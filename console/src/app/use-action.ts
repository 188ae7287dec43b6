import { type UseMutationOptions, type UseMutationResult, useMutation } from '@tanstack/react-query';
import { useCallback, useRef } from 'react';

/**
 * A mutation that ignores calls while it runs. The second press of a double click, or of a key that is held, comes before the page
 * shows that the first one has begun.
 */
export function useAction<Data, Variables = void>(
  options: Omit<UseMutationOptions<Data, Error, Variables>, 'onSettled'>,
): UseMutationResult<Data, Error, Variables> {
  const isRunning = useRef<boolean>(false);
  const onSettled = () => {
    isRunning.current = false;
  };
  const mutation = useMutation({ ...options, onSettled });
  const { mutate: start, reset: forget } = mutation;
  const mutate = useCallback<typeof start>(
    (...call) => {
      if (isRunning.current) return;
      isRunning.current = true;
      start(...call);
    },
    [start],
  );
  const reset = useCallback(() => {
    isRunning.current = false;
    forget();
  }, [forget]);
  return { ...mutation, mutate, reset };
}
