import { lazy, type ReactNode, Suspense } from 'react';
import { Redirect, Route, Switch, useLocation } from 'wouter';
import { PageHeading } from '../design/components/page-heading.tsx';
import { Skeleton } from '../design/components/skeleton.tsx';
import { useLocale } from '../i18n/locale-context.tsx';
import { withTexts } from '../i18n/with-texts.tsx';
import { ToOverview } from './layout/to-overview.tsx';
import { RequireUser } from './require-user.tsx';

/* Pages are loaded when they are opened, with the texts of all their parts. */

const Overview = lazy(async () => ({
  default: withTexts((await import('../overview/overview-page.tsx')).OverviewPage, ['loans', 'repayment']),
}));
const SignIn = lazy(async () => ({ default: withTexts((await import('../sign-in/sign-in-page.tsx')).SignInPage, ['sign-in']) }));
const NewLoan = lazy(async () => ({
  default: withTexts((await import('../loans/new-loan-page.tsx')).NewLoanPage, ['loans', 'repayment', 'errors']),
}));
const LoanPage = lazy(async () => ({
  default: withTexts((await import('../loans/loan-page.tsx')).LoanPage, ['loans', 'repayment', 'errors']),
}));
const Invite = lazy(async () => ({
  default: withTexts((await import('../inviting/invite-page.tsx')).InvitePage, ['inviting', 'errors']),
}));
const ImportFile = lazy(async () => ({
  default: withTexts((await import('../importing/import-page.tsx')).ImportPage, ['import', 'inviting', 'errors']),
}));
const Invitation = lazy(async () => ({
  default: withTexts((await import('../invitations/invitation-page.tsx')).InvitationPage, ['invitations', 'repayment']),
}));
const Holds = lazy(async () => ({
  default: withTexts((await import('../operator/holds-page.tsx')).HoldsPage, ['operator', 'loans']),
}));
const HoldPage = lazy(async () => ({ default: withTexts((await import('../operator/hold-page.tsx')).HoldPage, ['operator']) }));
const MailInvitation = lazy(async () => ({
  default: withTexts((await import('../mail-links/mail-invitation-page.tsx')).MailInvitationPage, [
    'invitations',
    'repayment',
    'loans',
  ]),
}));
const OptOut = lazy(async () => ({
  default: withTexts((await import('../mail-links/opt-out-page.tsx')).OptOutPage, ['invitations']),
}));
const Catalogue = lazy(async () => ({
  default: withTexts((await import('../catalogue/catalogue-page.tsx')).CataloguePage, ['loans', 'repayment', 'operator']),
}));

/** All pages. Those below `RequireUser` ask to sign in first, and then continue where the user wanted to go. */
export function Routes() {
  return (
    <Suspense fallback={<Skeleton lines={6} />}>
      <Switch>
        <Route path="/app/sign-in">{() => <SignIn />}</Route>
        <Route path="/invite/:loanId">{({ loanId }) => <MailInvitation loanId={loanId} />}</Route>
        <Route path="/mail/opt-out">{() => <OptOut />}</Route>
        <Route path="/app/components">{() => <Catalogue />}</Route>
        <Route path="/app">{() => <Redirect to="/" replace />}</Route>
        <Route path="/">{() => <RequireUser>{() => <Overview />}</RequireUser>}</Route>
        <Route path="/app/loans/new">{() => <RequireUser>{() => <NewLoan />}</RequireUser>}</Route>
        <Route path="/app/loans/:loanId">{({ loanId }) => <RequireUser>{() => <LoanPage loanId={loanId} />}</RequireUser>}</Route>
        <Route path="/app/loans/:loanId/invite">
          {({ loanId }) => <RequireUser>{() => <Invite loanId={loanId} />}</RequireUser>}
        </Route>
        <Route path="/app/loans/:loanId/import">
          {({ loanId }) => <RequireUser>{() => <ImportFile loanId={loanId} />}</RequireUser>}
        </Route>
        <Route path="/app/invitations/:loanId">
          {({ loanId }) => <RequireUser>{() => <Invitation loanId={loanId} />}</RequireUser>}
        </Route>
        <Route path="/app/operator/holds">{() => <RequireOperator>{() => <Holds />}</RequireOperator>}</Route>
        <Route path="/app/operator/holds/:holdId">
          {({ holdId }) => <RequireOperator>{() => <HoldPage holdId={holdId} />}</RequireOperator>}
        </Route>
        <Route>{() => <NotFoundPage />}</Route>
      </Switch>
    </Suspense>
  );
}

/** For all others there is no such page. */
function RequireOperator({ children }: { readonly children: () => ReactNode }) {
  return <RequireUser>{(user) => (user.is_operator ? children() : <NotFoundPage />)}</RequireUser>;
}

function NotFoundPage() {
  const { t } = useLocale();
  const [path] = useLocation();
  return (
    <>
      <PageHeading title={t('notFound.title')}>
        <p>{t('notFound.text', { path })}</p>
      </PageHeading>
      <ToOverview />
    </>
  );
}
