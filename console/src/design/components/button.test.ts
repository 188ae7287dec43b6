import { expect, it, vi } from 'vitest';
import { Button } from './button.tsx';

it.each([{ isBusy: true }, { disabled: true }])('keeps the focus and ignores presses of a button with %j', (state) => {
  const onClick = vi.fn();
  const { props } = Button({ ...state, type: 'submit', onClick, children: 'Save' });
  expect(props).toMatchObject({ 'aria-disabled': true, type: 'submit' });
  expect(props).not.toHaveProperty('disabled');
  const event = { preventDefault: vi.fn() };
  props.onClick(event);
  expect(event.preventDefault).toHaveBeenCalled();
  expect(onClick).not.toHaveBeenCalled();
});
