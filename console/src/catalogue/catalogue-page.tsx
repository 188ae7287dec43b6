import { ButtonLink } from '../design/components/button.tsx';
import { Card } from '../design/components/card.tsx';
import { PageHeading } from '../design/components/page-heading.tsx';
import { ButtonSamples } from './button-samples.tsx';
import { ChartSample, ScoreSamples } from './chart-samples.tsx';
import { ColourSamples } from './colour-samples.tsx';
import { CheckboxSamples, FieldSamples } from './control-samples.tsx';
import { FundingSamples, StatusSamples, TableSamples, TimelineSamples } from './data-samples.tsx';
import {
  AnnouncerSample,
  DialogSample,
  EmptyStateSamples,
  FreshnessSamples,
  NoticeSamples,
  ProblemSamples,
  WaitingSamples,
} from './feedback-samples.tsx';
import './catalogue.css';

/**
 * Every component in every state, for those who change them and for the tests. Its own texts are in English only and in no
 * catalogue: no user sees them.
 */
export function CataloguePage() {
  return (
    <div className="catalogue stack" lang="en">
      <PageHeading title="Components" actions={<ButtonLink href="/">To the overview</ButtonLink>}>
        <p className="soft">Every component of the console in every state. Tests check this page.</p>
      </PageHeading>
      <Card title="Type and colour">
        <ColourSamples />
      </Card>
      <Card title="Buttons">
        <ButtonSamples />
      </Card>
      <Card title="Fields">
        <FieldSamples />
        <CheckboxSamples />
      </Card>
      <Card title="Status">
        <StatusSamples />
      </Card>
      <Card title="Funding">
        <FundingSamples />
      </Card>
      <Card title="How new it is">
        <FreshnessSamples />
      </Card>
      <Card title="Notices">
        <NoticeSamples />
      </Card>
      <Card title="Problems">
        <ProblemSamples />
      </Card>
      <Card title="Waiting">
        <WaitingSamples />
      </Card>
      <Card title="Nothing there">
        <EmptyStateSamples />
      </Card>
      <Card title="Dialog">
        <DialogSample />
      </Card>
      <Card title="Table">
        <TableSamples />
      </Card>
      <Card title="Timeline">
        <TimelineSamples />
      </Card>
      <Card title="Chart">
        <ChartSample />
      </Card>
      <Card title="Score">
        <ScoreSamples />
      </Card>
      <Card title="Live region">
        <AnnouncerSample />
      </Card>
    </div>
  );
}
