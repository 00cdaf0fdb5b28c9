/** Takes the image that the server has set for a build into the picture, and what is still wrong with that. */
import { validate } from "../api/calls";
import type { Editor } from "../editor";
import { indexProblems } from "../model/problems";
import { withBuilt } from "./graph";

/** True once it is there. */
export async function followBuilt(editor: Editor, nodeId: string): Promise<boolean> {
  const { autosave, saving, workflow } = editor;
  if (!(await autosave.follow(withBuilt(nodeId)))) return false;
  // With edits on top the next save tells.
  if (autosave.isClean) saving.setState({ problems: indexProblems(await validate(workflow.id)) });
  return true;
}
