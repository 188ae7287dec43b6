/** Fills in where the API is and which loan it is about. Sends the link's token to the call of the pressed button, and shows the result. */
export const mailPageScript = `
'use strict';
const token = location.hash.slice(1) || new URLSearchParams(location.search).get('token') || '';
const root = location.pathname.replace(/\\/(?:invite\\/[^/]*|mail\\/opt-out)\\/?$/, '');
const choices = document.getElementById('choices');
const result = document.getElementById('result');
const DONE = {
  declined: 'Done. You have declined this invitation. You can still accept it, signed in, until it would have expired.',
  opted_out: 'Done. We send no more e-mail to this address.',
};
const [, loan = 'LOAN'] = /\\/invite\\/([0-9a-f-]{36})\\/?$/.exec(location.pathname) || [];
for (const [name, text] of [['api', location.origin + root], ['loan', loan]])
  for (const element of document.querySelectorAll('[data-fill="' + name + '"]')) element.textContent = text;
choices.hidden = token === '';
document.getElementById('incomplete').hidden = token !== '';

async function send(call) {
  const response = await fetch(root + '/mail/' + call, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
    body: JSON.stringify({ token }),
  });
  const body = await response.json();
  return { isDone: response.ok, text: response.ok ? DONE[body.status] : body.message };
}

function show(text, kind) {
  result.textContent = text;
  result.className = 'note ' + kind;
  result.focus();
}

for (const form of document.querySelectorAll('form')) {
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const buttons = document.querySelectorAll('button');
    for (const button of buttons) button.disabled = true;
    try {
      const { isDone, text } = await send(form.dataset.call);
      if (isDone) form.hidden = true;
      show(text, isDone ? 'done' : 'failed');
    } catch {
      show('That did not get through. Check your connection, and try again.', 'failed');
    }
    for (const button of buttons) button.disabled = false;
  });
}
`;
