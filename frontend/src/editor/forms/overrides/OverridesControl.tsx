/** A patch in Kubernetes' own words. Rarely needed, so it takes no room until it is. */

import { useState } from "react";
import { late, Skeleton } from "@/ui";
import { isBlank } from "../../model/paths";
import { AddButton } from "../MapControl";
import type { ControlProps } from "../scalars";

const OverridesEditor = late(() => import("./OverridesEditor"), <Skeleton className="h-24" />);

export function OverridesControl(props: ControlProps) {
  const [isWanted, setWanted] = useState(false);
  if (!isWanted && isBlank(props.value)) {
    return <AddButton title={props.field.title} isBare={props.isBare} onClick={() => setWanted(true)} />;
  }
  return <OverridesEditor {...props} />;
}
