/** The component set. Everything that a page shows is made of these. */
export { Badge, StatusDot, StatusLabel, type Tone } from "./badge";
export { Button, type ButtonProps, IconButton } from "./button";
export { Card } from "./card";
export { cn } from "./cn";
export { ConfirmDialog, Dialog, Sheet } from "./dialog";
export { Field, useFieldProps } from "./field";
export { controlClass, Input, PasswordInput, SearchInput, Textarea } from "./input";
export { Keys } from "./keys";
export { ContextMenu, Menu, type MenuAction, type MenuItem } from "./menu";
export { Popover } from "./popover";
export { Segmented } from "./segmented";
export { Select, type SelectOption } from "./select";
export { Spinner } from "./spinner";
export { EmptyState, ErrorState, Notice, Skeleton, SkeletonRows } from "./states";
export { Tabs } from "./tabs";
export { Toaster, toast } from "./toast";
export { Checkbox, Switch } from "./toggles";
export { Tooltip, TooltipProvider } from "./tooltip";
