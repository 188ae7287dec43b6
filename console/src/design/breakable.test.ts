import { describe, expect, it } from 'vitest';
import { piecesOf } from './breakable.tsx';

describe('piecesOf', () => {
  it('breaks addresses after the @ and before dots', () => {
    expect(piecesOf('berta.borrower@mail.example.com asks')).toEqual(['berta', '.borrower@', 'mail', '.example', '.com asks']);
  });

  it('keeps the full stop of a sentence with the address', () => {
    expect(piecesOf('Ask ana@example.com.')).toEqual(['Ask ana@', 'example', '.com.']);
  });

  it('leaves amounts and sentences whole', () => {
    expect(piecesOf('Loan of 12,500.50 GBP. Berta asks.')).toEqual(['Loan of 12,500.50 GBP. Berta asks.']);
  });
});
