import { useEffect, useState } from 'react';
import { codeInFragment, type LinkCode } from './code-text.ts';

/** The code of the mail's link. It is taken out of the address at once, and so out of the history. */
export function useLinkCode(): LinkCode | undefined {
  const [code, setCode] = useState(() => codeInFragment(window.location.hash));
  useEffect(() => {
    const take = () => {
      const found = codeInFragment(window.location.hash);
      if (found === undefined) return;
      setCode(found);
      const { pathname, search } = window.location;
      window.history.replaceState(window.history.state, '', pathname + search);
    };
    take();
    window.addEventListener('hashchange', take); // a second link, opened in the same tab, loads no page
    return () => window.removeEventListener('hashchange', take);
  }, []);
  return code;
}
