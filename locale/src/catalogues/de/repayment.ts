import type { TranslationOf } from '../../messages.ts';
import type { messages as english } from '../en/repayment.ts';

export const messages = {} as const satisfies TranslationOf<typeof english>;
