import { Component, type ReactNode } from "react";
import { CrashPage } from "./crash";

/** Keeps the frame standing when the page inside it breaks. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { error: unknown }> {
  override state: { error: unknown } = { error: null };

  static getDerivedStateFromError(error: unknown): { error: unknown } {
    return { error: error ?? new Error() };
  }

  override render(): ReactNode {
    if (this.state.error === null) return this.props.children;
    return <CrashPage error={this.state.error} reset={() => this.setState({ error: null })} />;
  }
}
