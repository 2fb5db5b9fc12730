"""The checks of the exercises, one file for each notebook or group of notebooks.

Each takes the reader's answer first. An untouched stub (`answer = ...`) prints "not answered yet"; a wrong answer
raises AssertionError with a hint; a right one prints one line that begins with "right:". What is printed is the same on
every machine.
"""

from helpers.exercises.augmented import check_confusion, check_extinction, check_visible
from helpers.exercises.first_steps import (
    check_forward_shape,
    check_installation_report,
    check_line_through_points,
    check_nearer,
    check_nearest_pixel,
    check_order,
    check_parameter_count,
    check_part_share,
    check_resize,
    check_sixteen_bit,
    check_stereo_depth,
    check_to_pixel_values,
    check_token_count,
    check_undo_normalise,
    check_upright,
)
from helpers.exercises.inside import check_layer_flop, check_silent_sizes, check_unused_parameters
from helpers.exercises.measuring import check_delta1, check_paired_interval, check_third_depth
from helpers.exercises.navigation import check_camera_height, check_false_height, check_safe_speed
from helpers.exercises.robotics import check_blocking, check_scale_limit, check_width
from helpers.exercises.space import check_focal_pixels, check_length, check_triangles
from helpers.exercises.stereo import check_baseline, check_fused, check_slipped_match
from helpers.exercises.training import check_hours, check_normalised, check_swapped
