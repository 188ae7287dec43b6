import { describe, expect, it } from 'vitest';
import { recipientsOf } from './recipients.ts';

describe('recipientsOf', () => {
  it('reads To and Cc over several lines, each address once, with its name', () => {
    const mail = [
      'From: sender@a.example',
      'To: "Diaz, Ana" <Ana@one.example>, ben@two.example,',
      '\tCarla Ruiz <carla@three.example>',
      'Subject: to: nobody@subject.example',
      'CC: ben@two.example, "dora@four.example" <dora@four.example>',
      '',
      'To: body@five.example',
    ].join('\n');
    expect(recipientsOf(mail)).toEqual([
      { address: 'ana@one.example', name: 'Diaz, Ana' },
      { address: 'ben@two.example', name: null },
      { address: 'carla@three.example', name: 'Carla Ruiz' },
      { address: 'dora@four.example', name: null },
    ]);
  });

  it('drops what the corpus has made anonymous', () => {
    const mail = 'To: zzzz@here.org, jm@jmason.org, yyyy-fork@spamassassin.taint.org, real@host.net\n\n';
    expect(recipientsOf(mail)).toEqual([{ address: 'real@host.net', name: null }]);
  });
});
