"""What a patrol's fixes say: which can be believed, where it stood, and which streets it walked.

Planes are metres in x and y around the town (`geo.metric`); times are seconds.
"""
