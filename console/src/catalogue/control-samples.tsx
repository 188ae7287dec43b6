import { Checkbox } from '../design/components/checkbox.tsx';
import { SelectField, TextAreaField, TextField } from '../design/components/field.tsx';

export function FieldSamples() {
  return (
    <div className="catalogue-columns">
      <TextField label="Text" name="text" defaultValue="Ana Lima" />
      <TextField label="With a hint" hint="Others see it beside your address." name="hint" />
      <TextField label="With an error" error="Enter a whole address, such as ana@example.com." defaultValue="ana@" name="error" />
      <TextField label="Hint and error" hint="The people you invite see this." error="At most 80 characters." name="both" />
      <TextField label="Money" suffix="USD" inputMode="decimal" defaultValue="5,000.00" name="money" />
      <TextField label="Money, with an error" suffix="USD" error="Only 2,500.00 USD is free." defaultValue="5,000" name="over" />
      <TextField label="Read only" readOnly defaultValue="דינה לוי 🏡" dir="auto" name="fixed" />
      <TextField label="Disabled" disabled defaultValue="Ben Okafor" name="disabled" />
      <SelectField label="Choice" hint="Common currencies come first." defaultValue="USD" name="choice">
        <option value="USD">USD · US Dollar</option>
        <option value="EUR">EUR · Euro</option>
      </SelectField>
      <SelectField label="Choice, with an error" error="Choose a currency from the list." defaultValue="" name="none">
        <option value="">None</option>
      </SelectField>
      <TextAreaField label="Long text" rows={2} defaultValue="A workshop of our own" name="long" />
      <TextAreaField label="Long text, with an error" error="At most 500 characters." rows={2} defaultValue="…" name="longer" />
    </div>
  );
}

export function CheckboxSamples() {
  return (
    <div className="catalogue-columns">
      <Checkbox label="Not chosen" />
      <Checkbox label="Chosen" defaultChecked />
      <Checkbox label="With an error" error="Confirm it first." />
      <Checkbox label="Disabled" disabled />
      <Checkbox label="Chosen, and disabled" disabled defaultChecked />
    </div>
  );
}
