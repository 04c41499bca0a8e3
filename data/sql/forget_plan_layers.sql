-- Layers that nobody used: old, and named by no plan's wishes, neither those it was drawn by nor
-- those of a run that is to come.
DELETE FROM plan_layer
WHERE added_at < :before
  AND NOT EXISTS (
      SELECT 1 FROM plan
      WHERE plan.district_id = plan_layer.district_id
        AND jsonb_path_exists(
            jsonb_build_array(plan.wishes, plan.generation -> 'asked'),
            '$.**.layers[*] ? (@ == $id)',
            jsonb_build_object('id', plan_layer.id)
        )
  )
