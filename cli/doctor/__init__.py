"""What the doctor looks at: one function a part, which says what it saw or raises what is wrong."""
