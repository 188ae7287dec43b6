import { FundingBar } from '../design/components/funding-bar.tsx';
import { type Status, StatusPill } from '../design/components/status-pill.tsx';
import { WideTable } from '../design/components/wide-table.tsx';
import '../loans/history/history-panel.css';

const STATUSES: readonly Status[] = ['open', 'funded', 'cancelled', 'pending', 'accepted', 'declined', 'revoked', 'expired'];

export function StatusSamples() {
  return (
    <div className="row">
      {STATUSES.map((status) => (
        <StatusPill key={status} status={status} />
      ))}
      <StatusPill status="revoked" text="Ended with the loan" />
      <StatusPill status="declined" text="Withdrawn" />
      <StatusPill status="funded" text="Closed" />
    </div>
  );
}

const FUNDING = [
  { title: 'Nobody is invited', total_accepted: 0, total_invited: 0, status: 'open' },
  { title: 'All wait', total_accepted: 0, total_invited: 20_000, status: 'open' },
  { title: 'Some accepted, some wait, some is free', total_accepted: 8000, total_invited: 13_000.5, status: 'open' },
  { title: 'Very little is accepted', total_accepted: 100, total_invited: 200, status: 'open' },
  { title: 'Funded', total_accepted: 20_000, total_invited: 20_000, status: 'funded' },
  { title: 'Closed below its amount', total_accepted: 8000, total_invited: 8000, status: 'funded' },
] as const;

export function FundingSamples() {
  return (
    <div className="catalogue-columns">
      {FUNDING.map(({ title, ...totals }) => (
        <div key={title} className="stack">
          <h3>{title}</h3>
          <FundingBar loan={{ amount: 20_000, currency: 'USD', ...totals }} />
        </div>
      ))}
      <div className="stack">
        <h3>In a list</h3>
        <FundingBar
          isSmall
          loan={{ amount: 20_000, currency: 'USD', status: 'open', total_accepted: 8000, total_invited: 12_000 }}
        />
      </div>
    </div>
  );
}

const ROWS = [
  ['Ana Lima', 'ana@example.com', '5,000.00 USD'],
  ['דינה לוי', 'dina@example.com', '1,000.00 USD'],
  ['Chloé Meyer 🏡', 'chloe@example.com', '3,000.00 USD'],
] as const;

export function TableSamples() {
  return (
    <>
      <h3 id="sample-table">People</h3>
      <WideTable labelledBy="sample-table">
        <SampleRows columns={1} />
      </WideTable>
      <h3 id="sample-table-wide">Wider than the page: it scrolls to the side</h3>
      <WideTable labelledBy="sample-table-wide">
        <SampleRows columns={12} />
      </WideTable>
    </>
  );
}

/** @param props.columns of amounts */
function SampleRows({ columns }: { readonly columns: number }) {
  const months = Array.from({ length: columns }, (_, index) => `Month ${index + 1}`);
  return (
    <>
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col">Address</th>
          {months.map((month) => (
            <th key={month} scope="col">
              {month}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {ROWS.map(([name, address, amount]) => (
          <tr key={address}>
            <td>
              <bdi>{name}</bdi>
            </td>
            <td>{address}</td>
            {months.map((month) => (
              <td key={month}>{amount}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </>
  );
}

export function TimelineSamples() {
  return (
    <ol className="timeline">
      <li className="history-lender-accepted">
        <p>Ana Lima agreed to lend 5,000.00 USD.</p>
        <p className="soft small">27 Nov 2026, 05:10</p>
      </li>
      <li>
        <p>You invited Ana Lima.</p>
        <p className="soft small">27 Nov 2026, 05:09</p>
      </li>
    </ol>
  );
}
