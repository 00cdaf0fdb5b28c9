/** What the page that is open can do, for the command palette. Knows no page: each offers its own while it is shown. */
import type { ReactNode } from "react";
import { useEffect } from "react";
import { create } from "zustand";

export interface PageAction {
  label: string;
  icon: ReactNode;
  keys?: string[];
  run: () => unknown;
}

interface Offer {
  /** What the actions are of. */
  title: string;
  actions: readonly PageAction[];
}

const useOffer = create<{ offer: Offer | null }>(() => ({ offer: null }));

export function useOffered(): Offer | null {
  return useOffer((state) => state.offer);
}

/** Offers `actions` as long as the caller is shown; the caller keeps them the same from one drawing to the next. */
export function useOfferActions(title: string, actions: readonly PageAction[]): void {
  useEffect(() => {
    const offer = { title, actions };
    useOffer.setState({ offer });
    return () => {
      if (useOffer.getState().offer === offer) useOffer.setState({ offer: null });
    };
  }, [title, actions]);
}
