"""What each route would cost a project, and which of them to take."""
