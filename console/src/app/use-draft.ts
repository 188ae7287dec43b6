import { useCallback, useState } from 'react';
import { useMe } from './session.tsx';
import { type Draft, readDraft, removeDraft, writeDraft } from './session-draft.ts';

/**
 * The draft of a form, of the user who is signed in.
 * @param name of the form
 * @param parse returns undefined for what is not such a value
 * @returns the draft, and functions that replace its value, begin another draft, and repeat this one as another request
 */
export function useDraft<Value>(name: string, empty: Value, parse: (value: unknown) => Value | undefined) {
  const key = `${useMe().data?.user?.user_id ?? ''}.${name}`;
  const [draft, setDraft] = useState<Draft<Value>>(() => readDraft(key, parse) ?? newDraft(empty));
  const change = useCallback(
    (value: Value) => {
      const next = { ...draft, value };
      writeDraft(key, next);
      setDraft(next);
    },
    [key, draft],
  );
  const clear = useCallback(() => {
    removeDraft(key);
    setDraft(newDraft(empty));
  }, [key, empty]);
  const renew = useCallback(() => {
    const next = newDraft(draft.value);
    writeDraft(key, next);
    setDraft(next);
  }, [key, draft.value]);
  return { draft, change, clear, renew };
}

function newDraft<Value>(value: Value): Draft<Value> {
  return { value, idempotencyKey: crypto.randomUUID() };
}
