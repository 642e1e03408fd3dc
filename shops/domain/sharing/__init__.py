"""Pages that shops share: who may word them, what is proposed, and how two become one."""
