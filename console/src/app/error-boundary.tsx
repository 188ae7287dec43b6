import { Component, type ReactNode } from 'react';
import { ProblemNotice } from '../design/components/problem-notice.tsx';

interface State {
  readonly error: unknown;
}

/** Shows an unexpected error in place of the page that caused it. The header stays, so that users can go elsewhere. */
export class ErrorBoundary extends Component<{ readonly children: ReactNode }, State> {
  override state: State = { error: undefined };

  static getDerivedStateFromError(error: unknown): State {
    return { error };
  }

  override render() {
    if (this.state.error === undefined) return this.props.children;
    return <ProblemNotice error={this.state.error} onRetry={() => window.location.reload()} />;
  }
}
