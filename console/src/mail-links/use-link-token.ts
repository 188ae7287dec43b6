import { useEffect, useState } from 'react';
import { tabStore } from '../app/text-store.ts';
import { rememberedToken, rememberToken, takeToken, tokenIn } from './link-token.ts';

/**
 * The token of the mail's link that led here, also after a reload and after the sign-in in this tab.
 * @param key of the link, such as the loan's id
 */
export function useLinkToken(key: string): string | undefined {
  const [token, setToken] = useState(() => tokenIn(window.location) ?? tabToken(key));
  useEffect(() => {
    // The page may have led on by now, which has taken the token out of the address.
    if (token !== undefined) rememberToken(key, token, tabStore);
  }, [key, token]);
  useEffect(() => {
    const take = () => {
      const { location, history } = window;
      setToken((before) => takeToken(key, { location, history, store: tabStore }) ?? before);
    };
    take();
    window.addEventListener('hashchange', take); // a second link, opened in the same tab, loads no page
    return () => window.removeEventListener('hashchange', take);
  }, [key]);
  return token;
}

/** The token that was taken from a link in this tab. */
export function tabToken(key: string): string | undefined {
  return rememberedToken(key, tabStore);
}
